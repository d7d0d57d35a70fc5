"""Colors of a GIF: each picture gets the 256 that fit it best."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av import VideoFrame


class PaletteFilter:
    """Reduces pictures to the 256 colors that fit each best, for GIF.

    Args:
      size: (width, height) px.
      tick_s: the clock of their times.
    """

    def __init__(self, size: tuple[int, int], tick_s: Fraction) -> None:
        from av import VideoFormat
        from av.filter import Graph

        self._graph = Graph()
        source = self._graph.add_buffer(
            width=size[0], height=size[1], format=VideoFormat("rgb24"), time_base=tick_s, name="in"
        )
        split, make = self._graph.add("split"), self._graph.add("palettegen", "stats_mode=single")
        use, sink = self._graph.add("paletteuse", "new=1"), self._graph.add("buffersink")
        source.link_to(split)
        split.link_to(make, 0, 0)
        split.link_to(use, 1, 0)
        make.link_to(use, 0, 1)
        use.link_to(sink)
        self._graph.configure()

    def apply(self, frame: VideoFrame | None) -> list[VideoFrame]:
        """The pictures that are done after `frame` went in; None ends the film."""
        import av

        self._graph.push(frame)
        done: list[VideoFrame] = []
        while True:
            try:
                picture = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return done
            assert isinstance(picture, av.VideoFrame)
            done.append(picture)

    def finish(self) -> list[VideoFrame]:
        """The pictures that were held back."""
        return self.apply(None)
