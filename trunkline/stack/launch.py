"""Becomes another program that dies with its parent. Run as a script, by path, with the standard library alone.

``launch.py PARENT_PID SIGNAL UID PROGRAM ARGUMENT...``: SIGNAL is what the kernel sends when the parent dies. UID is
the user to become, or ``-`` to stay. A server that refuses to run as root becomes that user here, and keeps the right
to read and enter folders which only root may, so that neither a virtual environment nor data below /root is out of its
reach.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_DAC_OVERRIDE = 1
_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def become(uid: int) -> None:
    """Change to the user, keeping two capabilities where we have them; a container may have taken them from us."""
    _libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    for capabilities in ((_DAC_OVERRIDE, _DAC_READ_SEARCH), (_DAC_OVERRIDE,), ()):
        if _keep(capabilities):
            return


def _keep(capabilities: tuple[int, ...]) -> bool:
    mask = sum(1 << capability for capability in capabilities)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    # Effective, permitted, inheritable; the low 32 capabilities, then the high ones.
    data = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    if _libc.capset(header, data) != 0:
        return False
    for capability in capabilities:
        _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)
    return True


def main(parent: str, signal: str, uid: str, *command: str) -> None:
    if uid != "-":
        become(int(uid))
    # After the change of user, which forgets it; an exec without a change of rights does not.
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit(f"The parent of {command[0]} died before it began.")
    os.execv(command[0], command)


if __name__ == "__main__":
    main(*sys.argv[1:])
