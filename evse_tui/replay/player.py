"""Where a recording is being looked at: position, speed, pause. Pure; time is an argument."""

from __future__ import annotations

from typing import Final

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)


class Player:
    """Positions are in ms on the capture's clock, `now_ms` on any monotonic one."""

    def __init__(self, start_ms: int, now_ms: int, speed: float = 1.0) -> None:
        self.start_ms = start_ms
        self.end_ms = start_ms
        """As far as the recording has been read."""
        self.complete = False
        """Whether it has been read to its end."""
        self.speed = speed
        self.playing = True
        self._position_ms = float(start_ms)
        self._at_ms = now_ms

    def position_ms(self, now_ms: int) -> int:
        """The moment that is shown; at the end of the recording it stays there, paused."""
        elapsed_ms = now_ms - self._at_ms
        self._at_ms = now_ms
        if self.playing:
            self._position_ms += elapsed_ms * self.speed
            if self._position_ms >= self.end_ms:
                self._position_ms = self.end_ms
                self.playing = not self.complete
        return round(self._position_ms)

    def toggle(self, now_ms: int) -> None:
        """Pauses, or goes on; at the end it begins again."""
        if self.position_ms(now_ms) >= self.end_ms and self.complete and not self.playing:
            self._position_ms = self.start_ms
        self.playing = not self.playing

    def move(self, by_ms: int, now_ms: int) -> None:
        """Jumps, within what has been read."""
        self._position_ms = min(self.end_ms, max(self.start_ms, self.position_ms(now_ms) + by_ms))

    def change_speed(self, step: int, now_ms: int) -> None:
        """To the next slower (-1) or faster (1) one."""
        self.position_ms(now_ms)
        if step > 0:
            self.speed = next((speed for speed in SPEEDS if speed > self.speed), self.speed)
        else:
            self.speed = next((speed for speed in reversed(SPEEDS) if speed < self.speed), self.speed)
