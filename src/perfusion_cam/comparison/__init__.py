"""Affected side against unaffected side, and now against before, with honest intervals."""

from __future__ import annotations

from perfusion_cam.comparison.asking import Answer, Question, answer
from perfusion_cam.comparison.sides import Comparison, compare_sides

__all__ = ["Answer", "Comparison", "Question", "answer", "compare_sides"]
