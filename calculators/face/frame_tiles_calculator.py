"""Tiles of the frame that a detector searches."""

from attention_mesh.framework import Calculator, Input, Output, SideInput, calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects
from attention_mesh.geometry.regions_of_interest import (
    MIN_TILE_PX,
    QUARTER_TURNS_RAD,
    fine_tiles,
    frame_tiles,
    turned_rects,
)


@calculator
class FrameTilesCalculator(Calculator):
    """Gives overlapping square tiles of a frame, in which small faces appear larger to a detector.

    The tiles have the frame's short side and overlap by half or more: three at 16:9. A square or small frame
    stays whole.

    With `turned`, each tile is given three times, turned by 90°, 180° and 270°, so that a detector sees lying
    and inverted faces upright.

    With `fine`, the tiles are many smaller ones instead, for crowds; in a small frame there is none.

    Inputs: SIZE.
    Input side packets: TILED (default true); with false the whole frame is always the only tile.
    Outputs: NORM_RECTS, empty if SIZE is.
    Options: `min_tile_px`, the short side in pixels below which a frame stays whole; `tiled`, which the side
      packet overrides; `turned`; `fine`.

    Example::

        node {
          calculator: "FrameTilesCalculator"
          input_stream: "SIZE:image_size"
          output_stream: "NORM_RECTS:tiles"
        }
    """

    size = Input("SIZE", tuple)  # (width, height), pixels
    tiled = SideInput("TILED", bool, optional=True)
    tiles = Output("NORM_RECTS", NormalizedRects)
    timestamp_offset = 0

    class Options:
        min_tile_px: int = MIN_TILE_PX
        tiled: bool = True
        turned: bool = False
        fine: bool = False

    def open(self) -> None:
        self._tiled = self.tiled.value if self.tiled.connected else self.options.tiled
        self._last_size = (0, 0)
        self._last_tiles = self._turned(NormalizedRects.whole_frame())

    def process(self) -> None:
        if self.size.is_empty:
            return
        size = self.size.value
        if self._tiled and size != self._last_size:
            self._last_size = size
            tiles = fine_tiles(size) if self.options.fine else frame_tiles(size, self.options.min_tile_px)
            self._last_tiles = self._turned(tiles)
        self.tiles.send(self._last_tiles)

    def _turned(self, tiles: NormalizedRects) -> NormalizedRects:
        return turned_rects(tiles, QUARTER_TURNS_RAD) if self.options.turned else tiles
