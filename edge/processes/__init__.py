"""Several processes behind one port: a parent that carries no call, and children that do.

The parent (``parent``) accepts connections and hands each, unread, to the child with the fewest (``door``); it answers
health and metrics for all (``desk``), starts a child that dies again (``child``), and holds the one set of local speech
models that all children ask (``speech``). A child (``member``) is an edge like any other, but that its connections come
from the parent.

Why sockets are handed over rather than shared by SO_REUSEPORT: the kernel spreads by hash, so that of forty calls on
four processes one gets six and another fifteen; and what is in the queue of a process that dies is lost with it.
"""
