package org.attentionmesh.calculators;

import org.attentionmesh.geometry.FrameTiles;
import org.attentionmesh.graph.Calculator;
import org.attentionmesh.graph.Input;
import org.attentionmesh.graph.Output;
import org.attentionmesh.graph.SideInput;
import org.attentionmesh.packets.ImageSize;
import org.attentionmesh.packets.NormalizedRects;

/**
 * Gives overlapping square tiles of a frame, in which small faces appear larger to a detector: SIZE to NORM_RECTS.
 *
 * <p>With {@code turned}, each is given three times, turned by 90, 180 and 270 degrees; with {@code fine}, they are
 * many smaller ones; without TILED, the whole frame is the only tile.
 */
public final class FrameTilesCalculator extends Calculator {
  private final Input<ImageSize> size = input("SIZE", ImageSize.class);
  private final SideInput<Boolean> tiledRun = optionalSideInput("TILED", Boolean.class);
  private final Output<NormalizedRects> tiles = output("NORM_RECTS");
  private NormalizedRects lastTiles = new NormalizedRects();
  private int lastWidth;
  private int lastHeight;

  public FrameTilesCalculator() {
    super("attention_mesh.FrameTilesCalculatorOptions", "min_tile_px", "tiled", "turned", "fine");
  }

  @Override
  protected void process() {
    int width = size.value().width;
    int height = size.value().height;
    if (width != lastWidth || height != lastHeight) {
      lastWidth = width;
      lastHeight = height;
      NormalizedRects upright = NormalizedRects.wholeFrame();
      if (tiledRun.valueOr(options().getBool("tiled"))) {
        upright = options().getBool("fine") ? FrameTiles.fineTiles(width, height)
            : FrameTiles.tiles(width, height, options().getInt("min_tile_px"));
      }
      lastTiles = options().getBool("turned") ? FrameTiles.quarterTurns(upright) : upright;
    }
    tiles.send(lastTiles);
  }
}
