"""What the name of a Split… or Concatenate… calculator says: the type, and along which axis it is cut."""

import re
from typing import Any

from attention_mesh.calculators.core import collection_items, landmark_entries


class NamedCollection:
    """A type as registered names spell it, with the functions that cut and join values of it.

    Args:
      match: the name's match; group 1 is the type, group 2 "Vector" or "List". "NormalizedLandmarkList" with
        "Vector" is a list of faces, with "List" (so that group 1 lacks it) the points of one.

    Attributes:
      item_type, type: the Python types of an item and of a collection.
      count, part, item, concatenate: `collection_items` or `landmark_entries`' functions of these tasks.
    """

    def __init__(self, match: re.Match):
        name = match[1]
        self.name = name
        self.is_inner = match[2] == "List" or name in ("Landmark", "NormalizedLandmark")
        if self.is_inner:
            # An item of points is a value of the same type; the types of a message's entries are unknown.
            normalized = name == "NormalizedLandmark" or match[2] == "Vector"
            self.type = collection_items.collection_type("NormalizedLandmarkList") if normalized else object
            self.item_type = self.type
            self.accepted: Any = self.type
        else:
            self.type = collection_items.collection_type(name)
            self.item_type = collection_items.item_type(name)
            self.accepted = collection_items.accepted_collection(name)
        functions = landmark_entries if self.is_inner else collection_items
        self.count = landmark_entries.count_of if self.is_inner else len
        self.part = functions.part_of
        self.item = functions.item_of
        self.concatenate = functions.concatenated
