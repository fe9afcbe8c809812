"""Follow the skin: where each picture lies against the first."""

from perfusion_cam.stages.registration.mesh import MESH
from perfusion_cam.stages.registration.registrar import LEARN_S, Registrar
from perfusion_cam.stages.registration.template import Registration

__all__ = ["LEARN_S", "MESH", "Registrar", "Registration"]
