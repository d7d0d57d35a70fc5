"""Are there enough detections?"""

from attention_mesh.calculators.core.collection_has_min_size import CollectionHasMinSize
from attention_mesh.framework import Input, calculator
from attention_mesh.geometry.detections import Detections


@calculator
class DetectionVectorHasMinSizeCalculator(CollectionHasMinSize):
    """Says whether a packet holds at least min_size detections; no packet, no answer.

    Inputs: ITERABLE. Input side packets: the number, instead of the option. Output: empty where ITERABLE is.

    Example::

        node {
          calculator: "DetectionVectorHasMinSizeCalculator"
          input_stream: "ITERABLE:detections"
          output_stream: "found_any"
          options { [mediapipe.CollectionHasMinSizeCalculatorOptions.ext] { min_size: 1 } }
        }
    """

    collection = Input("ITERABLE", Detections)
