"""Lua: protocol/wireshark/evse.lua, a dissector for captures of the serial line."""

from __future__ import annotations

from typing import Final

from evse_protocol import messages
from evse_protocol.codegen.names import GENERATED
from evse_protocol.schema import SIZE, Field, Kind, Message

_TYPE: Final = {
    Kind.U8: "uint8",
    Kind.U16: "uint16",
    Kind.U32: "uint32",
    Kind.I16: "int16",
    Kind.U16_ARRAY: "uint16",
    Kind.I16_REST: "int16",
    Kind.BYTES_REST: "bytes",
}


def evse_lua() -> str:
    """The whole script: unstuffing and CRC by hand, fields and names from the definitions."""
    enums = "\n".join(
        f"names.{enum.__name__} = {{ " + ", ".join(f'[{int(member)}] = "{member.name}"' for member in enum) + " }"
        for enum in messages.ENUMS
    )
    ids = "\n".join(f'messages[0x{message.id:02X}] = "{message.name}"' for message in messages.MESSAGES)
    layouts = "\n".join(_layout(message) for message in messages.MESSAGES)
    return f"-- {GENERATED}\n{_HEAD}\n{enums}\n\n{ids}\n\n{_HELPERS}\n{layouts}\n\n{_BODY}"


def _layout(message: Message) -> str:
    rows = "".join(f"    {_field(message, field)},\n" for field in message.fields)
    return f"layouts[0x{message.id:02X}] = {{\n{rows}}}" if rows else f"layouts[0x{message.id:02X}] = {{}}"


def _field(message: Message, field: Field) -> str:
    name = f"{message.name.lower()}.{field.label}"
    doc = (field.doc + (f" [{field.unit}]" if field.unit else "")).replace('"', "'")
    count = "nil" if field.kind in (Kind.I16_REST, Kind.BYTES_REST) else str(field.count)
    if field.is_flag and field.enum is not None:
        return f'flags("{name}", "{_TYPE[field.kind]}", {SIZE[field.kind]}, names.{field.enum.__name__}, "{doc}")'
    enum = f"names.{field.enum.__name__}" if field.enum is not None else "nil"
    return f'field("{name}", "{_TYPE[field.kind]}", {SIZE[field.kind]}, {count}, {enum}, "{doc}")'


_HEAD = """--
-- Copy to Wireshark's personal plugin folder. It dissects link type USER0 (147), one or more whole frames in a
-- packet, and any TCP port by "Decode As" (a serial server, or `evse-tui sim-board --tcp`).

local evse = Proto("evse", "EVSE serial link")
local bits = bit or bit32 -- Wireshark's own library, or that of Lua 5.2
local names, messages, layouts, protofields = {}, {}, {}, {}
"""

_HELPERS = """local function keep(protofield)
    protofields[#protofields + 1] = protofield
    return protofield
end

-- `count` nil: the rest of the payload.
local function field(name, kind, size, count, values, doc)
    local label = name:match("%.(.*)")
    local protofield
    if kind == "bytes" then
        protofield = ProtoField.bytes("evse." .. name, label, base.NONE, doc)
    else
        protofield = ProtoField[kind]("evse." .. name, label, base.DEC, values, nil, doc)
    end
    return { field = keep(protofield), kind = kind, size = size, count = count }
end

local function flags(name, kind, size, values, doc)
    local label = name:match("%.(.*)")
    local layout = { field = keep(ProtoField[kind]("evse." .. name, label, base.HEX, nil, nil, doc)), size = size,
                     kind = kind, count = 1, flags = {} }
    local masks = {}
    for mask in pairs(values) do masks[#masks + 1] = mask end
    table.sort(masks)
    for _, mask in ipairs(masks) do
        local flag = ProtoField.bool("evse." .. name .. "." .. values[mask]:lower(), values[mask], size * 8, nil, mask)
        layout.flags[#layout.flags + 1] = keep(flag)
    end
    return layout
end
"""

_BODY = """local f_type = keep(ProtoField.uint8("evse.type", "type", base.HEX, messages))
local f_flags = keep(ProtoField.uint8("evse.flags", "flags", base.HEX))
local f_retransmission = keep(ProtoField.bool("evse.retransmission", "retransmission", 8, nil, 0x01))
local f_session = keep(ProtoField.uint32("evse.session", "session", base.HEX))
local f_sequence = keep(ProtoField.uint16("evse.sequence", "sequence", base.DEC))
local f_length = keep(ProtoField.uint8("evse.length", "length", base.DEC))
local f_crc = keep(ProtoField.uint32("evse.crc", "CRC-32C", base.HEX))
local f_garbage = keep(ProtoField.bytes("evse.garbage", "not a frame", base.NONE))
evse.fields = protofields
local damaged = ProtoExpert.new("evse.damaged", "not a valid frame", expert.group.CHECKSUM, expert.severity.ERROR)
evse.experts = { damaged }

local crc_table = {}
for index = 0, 255 do
    local crc = index
    for _ = 1, 8 do
        local low = crc % 2
        crc = bits.rshift(crc, 1)
        if low == 1 then crc = bits.bxor(crc, 0x82F63B78) end
    end
    crc_table[index] = crc
end

local function crc32c(bytes, count)
    local crc = 0xFFFFFFFF
    for index = 0, count - 1 do
        crc = bits.bxor(bits.rshift(crc, 8), crc_table[bits.band(bits.bxor(crc, bytes:get_index(index)), 0xFF)])
    end
    return bits.bnot(crc) % 0x100000000
end

-- Undoes COBS; nil when the blocks do not fit.
local function unstuff(stuffed)
    local out, from, last = {}, 0, stuffed:len()
    while from < last do
        local code = stuffed:get_index(from)
        if from + code > last then return nil end
        for index = from + 1, from + code - 1 do
            out[#out + 1] = string.format("%02x", stuffed:get_index(index))
        end
        from = from + code
        if code < 0xFF and from < last then out[#out + 1] = "00" end
    end
    return ByteArray.new(table.concat(out))
end

local function dissect_payload(tvb, tree, layout)
    local at = 0
    for _, item in ipairs(layout) do
        local count = item.count or math.floor((tvb:len() - at) / item.size)
        if item.kind == "bytes" then
            if count > 0 then tree:add(item.field, tvb(at, count)) end
            at = at + count
        else
            for _ = 1, count do
                if at + item.size > tvb:len() then return end
                local branch = tree:add_le(item.field, tvb(at, item.size))
                for _, flag in ipairs(item.flags or {}) do branch:add_le(flag, tvb(at, item.size)) end
                at = at + item.size
            end
        end
    end
end

local function dissect_frame(stuffed, pinfo, tree)
    local body = unstuff(stuffed:bytes())
    local size = body and body:len() or 0
    local good = size >= 13 and size == 13 + body:get_index(8) and body:get_index(1) <= 1
    local tvb = good and body:tvb("EVSE frame")
    good = good and tvb(size - 4, 4):le_uint() == crc32c(body, size - 4)
    if not good then
        local branch = tree:add(evse, stuffed, "EVSE, not a frame")
        branch:add(f_garbage, stuffed)
        branch:add_proto_expert_info(damaged)
        return "?"
    end
    local name = messages[tvb(0, 1):uint()] or "unknown"
    local branch = tree:add(evse, tvb(), "EVSE " .. name)
    branch:add(f_type, tvb(0, 1))
    branch:add(f_flags, tvb(1, 1)):add(f_retransmission, tvb(1, 1))
    branch:add_le(f_session, tvb(2, 4))
    branch:add_le(f_sequence, tvb(6, 2))
    branch:add(f_length, tvb(8, 1))
    if size > 13 then dissect_payload(tvb(9, size - 13):tvb(), branch, layouts[tvb(0, 1):uint()] or {}) end
    branch:add_le(f_crc, tvb(size - 4, 4))
    return name
end

function evse.dissector(tvb, pinfo, tree)
    pinfo.cols.protocol = "EVSE"
    local found, from = {}, 0
    for index = 0, tvb:len() - 1 do
        if tvb(index, 1):uint() == 0 then
            if index > from then found[#found + 1] = dissect_frame(tvb(from, index - from), pinfo, tree) end
            from = index + 1
        end
    end
    if from < tvb:len() then
        if pinfo.can_desegment > 0 then
            pinfo.desegment_offset = from
            pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
        else
            found[#found + 1] = dissect_frame(tvb(from, tvb:len() - from), pinfo, tree)
        end
    end
    pinfo.cols.info = table.concat(found, ", ")
    return tvb:len()
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, evse)
DissectorTable.get("wtap_encap"):add(wtap.USER1, Dissector.get("json")) -- meters in captures of a site
DissectorTable.get("tcp.port"):add_for_decode_as(evse)
"""
