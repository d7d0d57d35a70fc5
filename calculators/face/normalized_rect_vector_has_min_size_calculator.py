"""Are there enough rectangles?"""

from attention_mesh.calculators.core.collection_has_min_size import CollectionHasMinSize
from attention_mesh.framework import Input, calculator
from attention_mesh.geometry.normalized_rects import NormalizedRects


@calculator
class NormalizedRectVectorHasMinSizeCalculator(CollectionHasMinSize):
    """Says whether a packet holds at least min_size rectangles; no packet, no answer.

    MediaPipe's node of this name. The number comes from the side packet where one is connected.

    Example::

        node {
          calculator: "NormalizedRectVectorHasMinSizeCalculator"
          input_stream: "ITERABLE:previous_rois"
          input_side_packet: "num_faces"
          output_stream: "has_enough_faces"
        }
    """

    collection = Input("ITERABLE", NormalizedRects)
