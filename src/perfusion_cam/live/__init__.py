"""A camera pointed at skin: the session of `perfusion_cam.session`, guided press by press."""
