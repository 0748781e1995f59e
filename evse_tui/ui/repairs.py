"""What Textual 8.2 gets wrong and can be put right from outside."""

from __future__ import annotations

from inspect import getattr_static

from textual._styles_cache import StylesCache


def let_closed_widgets_go() -> None:
    """Textual keeps the drawn lines of the last thousand widgets, closed or not, as keys of a cache of colours.

    For somebody who looks at the help now and then that is 30 MB. The method was meant for the class.
    """
    name = "get_inner_outer"
    cached = getattr_static(StylesCache, name)
    if not isinstance(cached, classmethod):
        setattr(StylesCache, name, classmethod(cached))
