"""Damages graph configs: their text token by token, their messages field by field, their bytes bit by bit."""

import random
import re
import string

from google.protobuf.message import DecodeError, Message

from attention_mesh.framework import ConfigError, parse_graph_config
from attention_mesh.framework.protos import message_class, message_to_text

_TOKENS = re.compile(r"""#[^\n]*|"(?:\\.|[^"\\\n])*"|[\w.+-]+|\s+|.""", re.DOTALL)
_WORDS = (
    "node calculator name type input_stream output_stream input_side_packet output_side_packet options "
    "node_options graph_options option_value executor input_stream_handler input_stream_info tag_index "
    "back_edge num_threads max_queue_size source_layer report_deadlock contained_node select enable "
    "profiler_config packet_factory status_handler package true false inf nan -1 0 1 1e400 0x7fffffff "
    "9223372036854775807 -9223372036854775808 18446744073709551616 { } < > [ ] : ; ,"
).split()
_STRINGS = [
    *("", "a", "b", "A:a", "A:1:a", "IN:a", "OUT:b", ":0", "A:", ":", "IN:99999:a", "x y", "../a", "/", "*"),
    *(
        "default",
        "\n",
        "\\xff",
        "\\0",
        "ü",
        "\ud7ff",
        "a" * 300,
        "A" * 5000,
        "IN:7",
        "options/x",
        "x:options/",
    ),
    *(
        "PassThroughCalculator",
        "GateCalculator",
        "SwitchContainer",
        "SwitchMuxCalculator",
        "FaceMesh",
        "Twice",
    ),
    *("ThreadPoolExecutor", "ApplicationThreadExecutor", "DefaultInputStreamHandler", "SELECT:a", "C0__:a"),
    *("ImmediateInputStreamHandler", "SyncSetInputStreamHandler", "FixedSizeInputStreamHandler", "C1__A:b"),
    *("MuxInputStreamHandler", "TimestampAlignInputStreamHandler", "BarrierInputStreamHandler", "ENABLE:a"),
    *("EarlyCloseInputStreamHandler", "InOrderOutputStreamHandler", "type.googleapis.com/mediapipe.Rect"),
]
_NUMBERS = [
    0,
    1,
    2,
    3,
    -1,
    7,
    127,
    128,
    255,
    65535,
    2**31 - 1,
    -(2**31),
    2**32,
    2**63 - 1,
    -(2**63),
    2**64 - 1,
]
_FLOATS = [0.0, 1.0, -1.0, 0.5, 1e-40, 1e308, float("inf"), float("-inf"), float("nan")]
_MAX_TEXT = 200_000


class ConfigMutator:
    """Makes damaged configs from good ones.

    Args:
      corpus: name → text of a graph, or its bytes.
    """

    def __init__(self, corpus: dict[str, str | bytes]):
        self.texts: list[str] = []
        self.messages: list[Message] = []
        for source in corpus.values():
            try:
                message = parse_graph_config(source)
                text = source if isinstance(source, str) else message_to_text(message)
            except (ConfigError, DecodeError):
                continue
            self.messages.append(message)
            self.texts.append(text)
        self.strings = _STRINGS + sorted(
            {word for text in self.texts for word in re.findall(r'"([^"\n]*)"', text)}
        )

    def mutant(self, seed: str) -> str | bytes:
        """A damaged config, the same for the same seed and corpus."""
        rng = random.Random(seed)
        how = rng.randrange(5)
        if how == 0:
            return self._damaged_tokens(rng)
        if how == 1:
            return self._damaged_characters(rng)
        message = self._changed_message(rng)
        data = message.SerializePartialToString()
        if how == 2:
            return data
        if how == 3:
            return self._damaged_bytes(rng, data)
        try:
            return message_to_text(message)
        except (DecodeError, ValueError):  # bytes that are not options have no text
            return data

    # ---- text -----------------------------------------------------------------------------------
    def _damaged_tokens(self, rng: random.Random) -> str:
        tokens = _TOKENS.findall(rng.choice(self.texts))
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(tokens)) if tokens else 0
            length = rng.choice([1, 1, 1, 2, 5, 30])
            how = rng.randrange(6)
            if how == 0:
                del tokens[place : place + length]
            elif how == 1:
                tokens[place:place] = tokens[place : place + length] * rng.choice([1, 1, 2, 20])
            elif how == 2:
                tokens[place : place + length] = [rng.choice(_WORDS)]
            elif how == 3:
                other = _TOKENS.findall(rng.choice(self.texts))
                start = rng.randrange(len(other))
                tokens[place:place] = other[start : start + rng.choice([3, 10, 60])]
            elif how == 4:
                strings = [index for index, token in enumerate(tokens) if token.startswith('"')]
                if strings:
                    tokens[rng.choice(strings)] = f'"{rng.choice(self.strings)}"'
            elif tokens:
                other_place = rng.randrange(len(tokens))
                tokens[place], tokens[other_place] = tokens[other_place], tokens[place]
        return "".join(tokens)[:_MAX_TEXT]

    def _damaged_characters(self, rng: random.Random) -> str:
        text = rng.choice(self.texts)
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(text) + 1)
            length = rng.choice([0, 1, 1, 2, 10, 200])
            put_in = "".join(
                rng.choice(string.printable + "\0\x85\u2028ü😀") for _ in range(rng.randrange(4))
            )
            text = text[:place] + put_in + text[place + length :]
        return text

    # ---- messages -------------------------------------------------------------------------------
    def _changed_message(self, rng: random.Random) -> Message:
        message = message_class("mediapipe.CalculatorGraphConfig")()
        message.CopyFrom(rng.choice(self.messages))
        for _ in range(rng.choice([1, 1, 1, 1, 2, 5])):
            self._change(rng, message, rng.randrange(6))
        return message

    def _change(self, rng: random.Random, message: Message, depth: int) -> None:
        """Changes one field of a message, or of one that it holds."""
        fields = list(message.DESCRIPTOR.fields)
        held = [
            f for f, _ in message.ListFields() if f.message_type and not f.message_type.GetOptions().map_entry
        ]
        extensions = message.DESCRIPTOR.file.pool.FindAllExtensions(message.DESCRIPTOR)
        if held and depth and rng.randrange(8):
            value = self._field(message, rng.choice(held))
            items = [value] if isinstance(value, Message) else list(value)
            if items and not isinstance(items[0], Message):
                return
            self._change(rng, rng.choice(items), depth - 1)
            return
        if extensions and rng.randrange(2):
            self._change(rng, message.Extensions[rng.choice(list(extensions))], 1)
            return
        if fields:
            self._set(rng, message, rng.choice(fields))

    @staticmethod
    def _field(message: Message, field) -> object:
        return message.Extensions[field] if field.is_extension else getattr(message, field.name)

    def _set(self, rng: random.Random, message: Message, field) -> None:
        repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == field.LABEL_REPEATED
        if rng.randrange(4) == 0 or _is_map(field):
            message.ClearField(field.name)
            return
        if field.message_type is not None:
            if not repeated:
                getattr(message, field.name).SetInParent()
                return
            items = getattr(message, field.name)
            if items and rng.randrange(2):
                items.add().CopyFrom(rng.choice(list(items)))
            elif items and rng.randrange(3) == 0:
                del items[rng.randrange(len(items))]
            else:
                others = [m for m in self.messages if m.DESCRIPTOR is message.DESCRIPTOR]
                donor = getattr(rng.choice(others), field.name) if others else ()
                added = items.add()
                if donor:
                    added.CopyFrom(rng.choice(list(donor)))
            return
        values = [self._value(rng, field) for _ in range(rng.choice([1, 1, 2, 3]) if repeated else 1)]
        try:
            if repeated:
                items = getattr(message, field.name)
                if items and rng.randrange(2):
                    items[rng.randrange(len(items))] = values[0]
                else:
                    items.extend(values)
            else:
                setattr(message, field.name, values[0])
        except (ValueError, OverflowError):  # out of the field's range
            message.ClearField(field.name)

    def _value(self, rng: random.Random, field) -> object:
        if field.type == field.TYPE_STRING:
            return rng.choice(self.strings)
        if field.type == field.TYPE_BYTES:
            return rng.randbytes(rng.choice([0, 1, 4, 40]))
        if field.type == field.TYPE_BOOL:
            return bool(rng.randrange(2))
        if field.type in (field.TYPE_FLOAT, field.TYPE_DOUBLE):
            return rng.choice(_FLOATS)
        if field.type == field.TYPE_ENUM:
            return rng.choice([value.number for value in field.enum_type.values] + [99])
        return rng.choice(_NUMBERS)

    # ---- bytes ----------------------------------------------------------------------------------
    def _damaged_bytes(self, rng: random.Random, data: bytes) -> bytes:
        damaged = bytearray(data)
        for _ in range(rng.choice([1, 1, 2, 4, 16])):
            place = rng.randrange(len(damaged) + 1)
            how = rng.randrange(5)
            if how == 0 and place < len(damaged):
                damaged[place] ^= 1 << rng.randrange(8)
            elif how == 1:
                damaged[place : place + rng.choice([1, 2, 8, 64])] = b""
            elif how == 2:
                damaged[place:place] = rng.randbytes(rng.choice([1, 2, 4]))
            elif how == 3:
                start = rng.randrange(len(damaged) + 1)
                damaged[place:place] = damaged[start : start + rng.choice([2, 8, 64])]
            else:
                del damaged[place:]
        return bytes(damaged)


def _is_map(field) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry
