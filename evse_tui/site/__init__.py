"""The asyncio runtime between boards, meters, control and windows: the only place with state.

`Site` is in `evse_tui.site.site`; windows need only `commands` and `snapshot`, which pull in no runtime.
"""
