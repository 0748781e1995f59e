"""Building blocks for the message definitions: Construct fields that know their unit and bounds.

Construct knows bytes; a contract also needs units, ranges and a sentence. `Field` is a Construct `Renamed` that
carries those, so that one declaration feeds the Python codec, the C structs, the tables of SPEC.md and the
Wireshark dissector.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag
from typing import Any, Final

from construct import (
    Array,
    Construct,
    GreedyBytes,
    GreedyRange,
    Int8ul,
    Int16sl,
    Int16ul,
    Int32ul,
    Renamed,
    Struct,
    Terminated,
)

EnumType = type[IntEnum] | type[IntFlag]


class Kind(Enum):
    """Storage of one field on the wire; all integers are little endian."""

    U8 = "u8"
    U16 = "u16"
    U32 = "u32"
    I16 = "i16"
    U16_ARRAY = "u16[]"
    I16_REST = "i16..."
    BYTES_REST = "bytes..."


_RANGE: Final[dict[Kind, tuple[int, int]]] = {
    Kind.U8: (0, 0xFF),
    Kind.U16: (0, 0xFFFF),
    Kind.U32: (0, 0xFFFF_FFFF),
    Kind.I16: (-0x8000, 0x7FFF),
    Kind.U16_ARRAY: (0, 0xFFFF),
    Kind.I16_REST: (-0x8000, 0x7FFF),
    Kind.BYTES_REST: (0, 0xFF),
}

SIZE: Final[dict[Kind, int]] = {
    Kind.U8: 1,
    Kind.U16: 2,
    Kind.U32: 4,
    Kind.I16: 2,
    Kind.U16_ARRAY: 2,
    Kind.I16_REST: 2,
    Kind.BYTES_REST: 1,
}


class Field(Renamed):  # type: ignore[type-arg]  # at run time Renamed is not generic
    """One named field with its kind, unit, inclusive bounds, enumeration and a sentence.

    `count` is the number of items of an array (exact) or the most items of a `...` kind, which takes what is left of
    the payload and must therefore come last.
    """

    def __init__(
        self,
        name: str,
        kind: Kind,
        subcon: Construct[Any, Any],
        doc: str,
        *,
        unit: str = "",
        lowest: int | None = None,
        highest: int | None = None,
        enum: EnumType | None = None,
        allowed: tuple[int, ...] = (),
        count: int = 1,
    ) -> None:
        super().__init__(subcon, newname=name)
        least, most = _RANGE[kind]
        if enum is not None:
            members = tuple(int(member) for member in enum)
            if issubclass(enum, IntFlag):
                most = sum(members)
            else:
                allowed = members
        if allowed:
            least, most = min(allowed), max(allowed)
        self.kind = kind
        self.doc = doc
        self.unit = unit
        self.lowest = least if lowest is None else lowest
        self.highest = most if highest is None else highest
        self.enum = enum
        self.allowed = allowed
        self.count = count

    @property
    def range(self) -> tuple[int, int]:
        """What one item can hold, bounds aside."""
        return _RANGE[self.kind]

    @property
    def is_flag(self) -> bool:
        """True when the field is a set of bits; bits that have no name are refused."""
        return self.enum is not None and issubclass(self.enum, IntFlag)

    @property
    def label(self) -> str:
        """The field's name as text."""
        return str(self.name)


def u8(name: str, doc: str, **facts: Any) -> Field:
    """An unsigned byte; `facts` are those of `Field`."""
    return Field(name, Kind.U8, Int8ul, doc, **facts)


def u16(name: str, doc: str, **facts: Any) -> Field:
    """An unsigned 16-bit integer."""
    return Field(name, Kind.U16, Int16ul, doc, **facts)


def u32(name: str, doc: str, **facts: Any) -> Field:
    """An unsigned 32-bit integer."""
    return Field(name, Kind.U32, Int32ul, doc, **facts)


def i16(name: str, doc: str, **facts: Any) -> Field:
    """A signed 16-bit integer."""
    return Field(name, Kind.I16, Int16sl, doc, **facts)


def u16_array(name: str, count: int, doc: str, **facts: Any) -> Field:
    """Exactly `count` unsigned 16-bit integers."""
    return Field(name, Kind.U16_ARRAY, Array(count, Int16ul), doc, count=count, **facts)


def i16_rest(name: str, most: int, doc: str, **facts: Any) -> Field:
    """Up to `most` signed 16-bit integers: the rest of the payload."""
    return Field(name, Kind.I16_REST, GreedyRange(Int16sl), doc, count=most, **facts)


def bytes_rest(name: str, most: int, doc: str, **facts: Any) -> Field:
    """Up to `most` bytes: the rest of the payload."""
    return Field(name, Kind.BYTES_REST, GreedyBytes, doc, count=most, **facts)


class PayloadStruct(Struct):
    """A Construct `Struct` of `Field`s whose compiled form moves all numbers at once.

    Construct's own compiler handles one field after the other, which costs 40 us for a STATUS. The interpreted form
    is the inherited one; a test holds the two against each other.
    """

    def _emitparse(self, code: Any) -> str:
        numbers, rest = self._split()
        function = f"parse_payload_{code.allocateId()}"
        targets = "".join(f"{slot}, " for field in numbers for slot in self._slots(field))
        values = [f"{field.label!r}: ({', '.join(self._slots(field))})" for field in numbers]
        lines = [f"def {function}(io):", "    data = io.read()"]
        if rest is None:
            lines.append(f"    ({targets}) = {self._layout(code, numbers)}.unpack(data)")
        else:
            size = sum(SIZE[field.kind] * field.count for field in numbers)
            lines.append(f"    ({targets}) = {self._layout(code, numbers)}.unpack_from(data)")
            tail = f"data[{size}:]"
            if rest.kind is Kind.I16_REST:
                tail = f"[value for value, in struct.iter_unpack('<h', {tail})]"
            values.append(f"{rest.label!r}: {tail}")
        lines.append(f"    return {{{', '.join(values)}}}")
        code.append("\n".join(lines))
        return f"{function}(io)"

    def _emitbuild(self, code: Any) -> str:
        numbers, rest = self._split()
        function = f"build_payload_{code.allocateId()}"
        items = [("*" if field.kind is Kind.U16_ARRAY else "") + f"obj[{field.label!r}]" for field in numbers]
        lines = [f"def {function}(obj, io):", f"    io.write({self._layout(code, numbers)}.pack({', '.join(items)}))"]
        if rest is not None:
            tail = f"obj[{rest.label!r}]"
            if rest.kind is Kind.I16_REST:
                tail = f"struct.pack('<%dh' % len({tail}), *{tail})"
            lines.append(f"    io.write({tail})")
        lines.append("    return obj")
        code.append("\n".join(lines))
        return f"{function}(obj, io)"

    def _split(self) -> tuple[list[Field], Field | None]:
        fields = [field for field in self.subcons if isinstance(field, Field)]
        if fields and fields[-1].kind in (Kind.I16_REST, Kind.BYTES_REST):
            return fields[:-1], fields[-1]
        return fields, None

    @staticmethod
    def _slots(field: Field) -> list[str]:
        if field.kind is Kind.U16_ARRAY:
            return [f"{field.label}_{index}" for index in range(field.count)]
        return [field.label]

    @staticmethod
    def _layout(code: Any, numbers: list[Field]) -> str:
        """Emits a `struct.Struct` made of the format strings of the Constructs themselves."""
        name = f"layout_{code.allocateId()}"
        formats = ""
        for field in numbers:
            item: Any = field.subcon.subcon if isinstance(field.subcon, Array) else field.subcon
            formats += item.fmtstr.lstrip("<") * field.count
        code.append(f"{name} = struct.Struct('<{formats}')")
        return name


class Way(Enum):
    """Who may send a message."""

    TO_BOARD = "host to board"
    TO_HOST = "board to host"


@dataclass(frozen=True)
class Message:
    """One message: its id, name in the wire's vocabulary, direction and fields in wire order."""

    id: int
    name: str
    way: Way
    doc: str
    fields: tuple[Field, ...]
    command: bool = False
    """True for a message that carries session and sequence and is answered by a reply."""

    def __post_init__(self) -> None:
        for field in self.fields[:-1]:
            if field.kind in (Kind.BYTES_REST, Kind.I16_REST):
                raise ValueError(f"{self.name}.{field.label}: only the last field may take the rest of the payload")

    @property
    def smallest(self) -> int:
        """Bytes of the shortest payload."""
        return sum(
            0 if field.kind in (Kind.BYTES_REST, Kind.I16_REST) else SIZE[field.kind] * field.count
            for field in self.fields
        )

    @property
    def largest(self) -> int:
        """Bytes of the longest payload."""
        return sum(SIZE[field.kind] * field.count for field in self.fields)

    def struct(self) -> PayloadStruct:
        """The Construct of the payload; trailing bytes are an error."""
        return PayloadStruct(*self.fields, Terminated)


def flaw(message: Message, values: Mapping[str, Any]) -> str:
    """What is wrong with the field values of a message, in words; slow, for refusals."""
    for field in message.fields:
        value = values[field.label]
        if field.kind in (Kind.BYTES_REST, Kind.I16_REST) and len(value) > field.count:
            return f"{field.label} has {len(value)} items, at most {field.count} are allowed"
        if field.kind is Kind.U16_ARRAY and len(value) != field.count:
            return f"{field.label} has {len(value)} items, {field.count} are needed"
        many = field.kind in (Kind.U16_ARRAY, Kind.I16_REST, Kind.BYTES_REST)
        for item in value if many else (value,):
            if field.allowed and item not in field.allowed:
                choices = ", ".join(str(int(choice)) for choice in field.allowed)
                return f"{field.label} is {int(item)}, allowed are {choices}"
            if not field.lowest <= item <= field.highest or (field.is_flag and item & ~field.highest):
                return f"{field.label} is {int(item)}, outside {field.lowest} to {field.highest}"
    return "no field is out of bounds"
