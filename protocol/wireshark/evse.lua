-- Generated from protocol/evse_protocol/messages.py by `make generate`. Do not edit.
--
-- Copy to Wireshark's personal plugin folder. It dissects link type USER0 (147), one or more whole frames in a
-- packet, and any TCP port by "Decode As" (a serial server, or `evse-tui sim-board --tcp`).

local evse = Proto("evse", "EVSE serial link")
local bits = bit or bit32 -- Wireshark's own library, or that of Lua 5.2
local names, messages, layouts, protofields = {}, {}, {}, {}

names.Access = { [0] = "DENY", [1] = "ALLOW", [2] = "PAUSE" }
names.Pilot = { [0] = "UNKNOWN", [1] = "A", [2] = "B", [3] = "C", [4] = "D", [5] = "E", [6] = "INVALID" }
names.Slot = { [0] = "HARDWARE", [1] = "CABLE", [2] = "TEMPERATURE", [3] = "CONFIGURATION", [4] = "STOP", [5] = "HOST", [6] = "SWITCH", [7] = "SIMPLIFIED" }
names.Fault = { [1] = "PILOT", [2] = "DIODE", [4] = "RESIDUAL_CURRENT", [8] = "WELDED_CONTACTOR", [16] = "PROXIMITY", [32] = "LOCK", [64] = "OVERTEMPERATURE", [128] = "SENSOR", [256] = "NO_12V", [512] = "CONFIG_CORRUPT", [1024] = "WATCHDOG", [2048] = "UNKNOWN_BOARD", [4096] = "INVARIANT" }
names.Hold = { [0] = "NONE", [1] = "BOOT", [2] = "RECLOSE", [3] = "RAMP", [4] = "PHASE_DWELL", [5] = "PHASE_WAIT", [6] = "SOFT_STOP", [7] = "WAKE", [8] = "SIMPLIFIED", [9] = "LOCKING", [10] = "FILTER" }
names.Flag = { [1] = "CP_CONNECTED", [2] = "DIODE_OK", [4] = "C1", [8] = "C2", [16] = "LOCKED", [32] = "BUTTON", [64] = "SWITCH", [128] = "COMMISSIONED", [256] = "COMMISSIONING_OPEN", [512] = "PLUGGED", [1024] = "LOCK_HOLD", [2048] = "FALLBACK", [4096] = "STOPPED" }
names.Result = { [0] = "OK", [1] = "WRONG_SESSION", [2] = "EXPIRED", [3] = "TOO_FAR", [4] = "NO_SUCH_PHASES", [5] = "BUSY", [6] = "NOT_PERMITTED", [7] = "INVALID", [8] = "UNSUPPORTED", [9] = "NOT_CLEARED" }
names.ResetReason = { [0] = "UNKNOWN", [1] = "POWER_ON", [2] = "EXTERNAL", [3] = "BROWN_OUT", [4] = "WATCHDOG", [5] = "SOFTWARE", [6] = "INVARIANT", [7] = "COMMANDED" }
names.Capability = { [1] = "SOCKET_LOCK", [2] = "CONTACTOR_FEEDBACK", [4] = "C2", [8] = "RESIDUAL_CURRENT_MONITOR", [16] = "LED", [32] = "DISPLAY", [64] = "BACKLIGHT", [128] = "BUS", [256] = "RFID", [512] = "SWITCH", [1024] = "SIMULATED", [2048] = "BOOTLOADER" }
names.BoardKind = { [1] = "SIMULATED", [2] = "ATMEGA328P", [3] = "SMARTEVSE_V30", [4] = "SMARTEVSE_V31" }
names.Connector = { [0] = "UNSET", [1] = "SOCKET", [2] = "FIXED" }
names.Monitor = { [0] = "UNSET", [1] = "FITTED", [2] = "NONE" }
names.LockKind = { [0] = "UNSET", [1] = "NONE", [2] = "SOLENOID", [3] = "MOTOR" }
names.SwitchFunction = { [0] = "UNSET", [1] = "NONE", [2] = "STOP", [3] = "LIMIT", [4] = "REPORT", [5] = "RFID" }
names.EventKind = { [0] = "RESET", [1] = "PILOT", [2] = "CONTACTOR", [3] = "FAULT_SET", [4] = "FAULT_CLEARED", [5] = "LEASE_EXPIRED", [6] = "STOP", [7] = "COMMISSIONING", [8] = "BUTTON", [9] = "CARD", [10] = "PHASES", [11] = "INVARIANT", [12] = "BINDING" }
names.BusResult = { [0] = "OK", [1] = "TIMEOUT", [2] = "CORRUPT", [3] = "NOT_AVAILABLE" }
names.LedPattern = { [0] = "OFF", [1] = "STEADY", [2] = "BREATHE", [3] = "BLINK" }

messages[0x01] = "HELLO"
messages[0x02] = "IDENTITY"
messages[0x03] = "PING"
messages[0x04] = "PONG"
messages[0x05] = "REPLY"
messages[0x10] = "GRANT"
messages[0x11] = "CONFIG_GET"
messages[0x12] = "CONFIG"
messages[0x13] = "CONFIG_SET"
messages[0x14] = "ACKNOWLEDGE"
messages[0x15] = "RESUME"
messages[0x16] = "UNLOCK"
messages[0x17] = "LOCK_HOLD"
messages[0x18] = "REBOOT"
messages[0x19] = "BOOTLOADER"
messages[0x1A] = "LED"
messages[0x1B] = "DISPLAY"
messages[0x1C] = "BACKLIGHT"
messages[0x1D] = "WELD_EVIDENCE"
messages[0x1E] = "TRACE"
messages[0x1F] = "BUS_REQUEST"
messages[0x20] = "EVENT_ACK"
messages[0x30] = "STATUS"
messages[0x31] = "EVENT"
messages[0x32] = "PILOT_TRACE"
messages[0x33] = "BUS_RESPONSE"

local function keep(protofield)
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

layouts[0x01] = {
    field("hello.host_id", "uint32", 4, 1, nil, "random number of this host process"),
    field("hello.protocol", "uint8", 1, 1, nil, "protocol version of the host"),
}
layouts[0x02] = {
    field("identity.host_id", "uint32", 4, 1, nil, "echo of HELLO"),
    field("identity.session", "uint32", 4, 1, nil, "session number for commands; new per boot and per host id"),
    field("identity.boot", "uint32", 4, 1, nil, "boot counter, stored"),
    field("identity.reset_reason", "uint8", 1, 1, nil, "why the board booted"),
    field("identity.protocol", "uint8", 1, 1, nil, "protocol version of the board"),
    field("identity.schema", "uint32", 4, 1, nil, "hash of all message definitions"),
    field("identity.firmware_major", "uint8", 1, 1, nil, "firmware version"),
    field("identity.firmware_minor", "uint8", 1, 1, nil, "firmware version"),
    field("identity.firmware_patch", "uint8", 1, 1, nil, "firmware version"),
    field("identity.board", "uint16", 2, 1, nil, "kind of board"),
    field("identity.serial", "uint32", 4, 1, nil, "serial number"),
    field("identity.capabilities", "uint32", 4, 1, nil, "what the board has"),
    field("identity.largest_payload", "uint8", 1, 1, nil, "longest payload the board takes [bytes]"),
    field("identity.config_crc", "uint32", 4, 1, nil, "CRC-32C of the stored CONFIG payload, 0 if none"),
}
layouts[0x03] = {
    field("ping.token", "uint32", 4, 1, nil, "echoed; the host's clock [ms]"),
}
layouts[0x04] = {
    field("pong.token", "uint32", 4, 1, nil, "echo of PING"),
    field("pong.board_ms", "uint32", 4, 1, nil, "board clock when PONG was built [ms]"),
}
layouts[0x05] = {
    field("reply.command", "uint8", 1, 1, nil, "message id of the command"),
    field("reply.result", "uint8", 1, 1, names.Result, "verdict"),
    field("reply.applied_da", "uint16", 2, 1, nil, "GRANT: current offered to the car now; else 0 [0.1 A]"),
    field("reply.binding", "uint8", 1, 1, names.Slot, "GRANT: the slot that binds the effective limit; else 0"),
    field("reply.phases", "uint8", 1, 1, nil, "GRANT: phases in use now; else 0"),
    field("reply.hold", "uint8", 1, 1, names.Hold, "why the applied value is not the limit yet"),
    field("reply.hold_ms", "uint32", 4, 1, nil, "remaining time of the hold [ms]"),
    field("reply.detail", "uint32", 4, 1, nil, "ACKNOWLEDGE: faults still latched; CONFIG_SET: CRC-32C now stored; else 0"),
}
layouts[0x10] = {
    field("grant.limit_da", "uint16", 2, 1, nil, "current limit per phase; below 60 acts as pause [0.1 A]"),
    field("grant.phases", "uint8", 1, 1, nil, "phases to use"),
    field("grant.access", "uint8", 1, 1, names.Access, "allow, pause or deny"),
    field("grant.valid_until_ms", "uint32", 4, 1, nil, "deadline on the board's clock, at most 30 s ahead [ms]"),
}
layouts[0x11] = {}
layouts[0x12] = {
    field("config.hardware_max_da", "uint16", 2, 1, nil, "what board, wiring and breaker stand [0.1 A]"),
    field("config.connector", "uint8", 1, 1, nil, "socket or fixed cable"),
    field("config.cable_da", "uint16", 2, 1, nil, "rating of a fixed cable; 0 for a socket [0.1 A]"),
    field("config.monitor", "uint8", 1, 1, nil, "residual current monitor"),
    field("config.lock", "uint8", 1, 1, nil, "lock actuator"),
    field("config.phases", "uint8", 1, 1, nil, "phases wired"),
    field("config.c2", "uint8", 1, 1, nil, "1 if the second contactor is present"),
    field("config.fallback_da", "uint16", 2, 1, nil, "current after the lease expired: 0, or 60 and more [0.1 A]"),
    field("config.switch_function", "uint8", 1, 1, nil, "function of the switch input"),
    field("config.limit_da", "uint16", 2, 1, nil, "the configuration slot, at most hardware_max_da [0.1 A]"),
    field("config.phase_wait_s", "uint16", 2, 1, nil, "control pilot off while C2 moves [s]"),
    field("config.backlight_max", "uint8", 1, 1, nil, "highest backlight level [%]"),
}
layouts[0x13] = {
    field("config_set.hardware_max_da", "uint16", 2, 1, nil, "what board, wiring and breaker stand [0.1 A]"),
    field("config_set.connector", "uint8", 1, 1, nil, "socket or fixed cable"),
    field("config_set.cable_da", "uint16", 2, 1, nil, "rating of a fixed cable; 0 for a socket [0.1 A]"),
    field("config_set.monitor", "uint8", 1, 1, nil, "residual current monitor"),
    field("config_set.lock", "uint8", 1, 1, nil, "lock actuator"),
    field("config_set.phases", "uint8", 1, 1, nil, "phases wired"),
    field("config_set.c2", "uint8", 1, 1, nil, "1 if the second contactor is present"),
    field("config_set.fallback_da", "uint16", 2, 1, nil, "current after the lease expired: 0, or 60 and more [0.1 A]"),
    field("config_set.switch_function", "uint8", 1, 1, nil, "function of the switch input"),
    field("config_set.limit_da", "uint16", 2, 1, nil, "the configuration slot, at most hardware_max_da [0.1 A]"),
    field("config_set.phase_wait_s", "uint16", 2, 1, nil, "control pilot off while C2 moves [s]"),
    field("config_set.backlight_max", "uint8", 1, 1, nil, "highest backlight level [%]"),
}
layouts[0x14] = {
    flags("acknowledge.faults", "uint16", 2, names.Fault, "which"),
}
layouts[0x15] = {}
layouts[0x16] = {}
layouts[0x17] = {
    field("lock_hold.on", "uint8", 1, 1, nil, "1 keep, 0 let go"),
}
layouts[0x18] = {
    field("reboot.boot", "uint32", 4, 1, nil, "boot counter of the boot to end, so that a stray frame can't reboot twice"),
}
layouts[0x19] = {
    field("bootloader.boot", "uint32", 4, 1, nil, "boot counter of the boot to end"),
}
layouts[0x1A] = {
    field("led.pattern", "uint8", 1, 1, names.LedPattern, "which"),
    field("led.red", "uint8", 1, 1, nil, "level"),
    field("led.green", "uint8", 1, 1, nil, "level"),
    field("led.blue", "uint8", 1, 1, nil, "level"),
    field("led.ttl_ms", "uint16", 2, 1, nil, "how long it stands [ms]"),
}
layouts[0x1B] = {
    field("display.line", "uint8", 1, 1, nil, "0 is the top one"),
    field("display.text", "bytes", 1, nil, nil, "printable ASCII"),
}
layouts[0x1C] = {
    field("backlight.level", "uint8", 1, 1, nil, "0 is off [%]"),
    field("backlight.seconds", "uint16", 2, 1, nil, "how long [s]"),
}
layouts[0x1D] = {
    field("weld_evidence.current_da", "uint16", 2, 1, nil, "what it saw [0.1 A]"),
}
layouts[0x1E] = {
    field("trace.duration_ms", "uint16", 2, 1, nil, "for how long; 0 ends it [ms]"),
}
layouts[0x1F] = {
    field("bus_request.tag", "uint8", 1, 1, nil, "echoed in the response"),
    field("bus_request.timeout_ms", "uint16", 2, 1, nil, "how long to wait for the answer [ms]"),
    field("bus_request.data", "bytes", 1, nil, nil, "request with its CRC"),
}
layouts[0x20] = {
    field("event_ack.boot", "uint32", 4, 1, nil, "boot counter of the events"),
    field("event_ack.number", "uint32", 4, 1, nil, "newest stored event"),
}
layouts[0x30] = {
    field("status.counter", "uint16", 2, 1, nil, "counts every STATUS, so that the host knows how many it missed"),
    field("status.board_ms", "uint32", 4, 1, nil, "board clock when STATUS was built [ms]"),
    field("status.pilot", "uint8", 1, 1, names.Pilot, "filtered control pilot state"),
    flags("status.flags", "uint16", 2, names.Flag, "single facts"),
    field("status.cp_high_mv", "int16", 2, 1, nil, "control pilot, high part [mV]"),
    field("status.cp_low_mv", "int16", 2, 1, nil, "control pilot, low part; newest PWM cycle [mV]"),
    field("status.temperature_dc", "int16", 2, 1, nil, "temperature [0.1 C]"),
    field("status.slots_da", "uint16", 2, 8, nil, "limits in the order of Slot; 65535 is inactive [0.1 A]"),
    field("status.binding", "uint8", 1, 1, names.Slot, "the slot that binds"),
    field("status.limit_da", "uint16", 2, 1, nil, "effective limit [0.1 A]"),
    field("status.offered_da", "uint16", 2, 1, nil, "what the duty cycle tells the car now; 0 is none [0.1 A]"),
    field("status.duty_permille", "uint16", 2, 1, nil, "duty cycle; 1000 is static +12 V [0.1 %]"),
    field("status.phases", "uint8", 1, 1, nil, "phases that C1 closes now or would close: C2's position"),
    field("status.access", "uint8", 1, 1, names.Access, "access of the newest grant"),
    field("status.lease_ms", "uint16", 2, 1, nil, "remaining time of the lease; 0 is expired [ms]"),
    field("status.hold", "uint8", 1, 1, names.Hold, "why the board does not do what the limit allows"),
    field("status.hold_ms", "uint32", 4, 1, nil, "remaining time of the hold [ms]"),
    flags("status.faults", "uint16", 2, names.Fault, "active and latched faults"),
    field("status.events_lost", "uint16", 2, 1, nil, "events dropped from a full ring in this boot; stays at 65535"),
}
layouts[0x31] = {
    field("event.boot", "uint32", 4, 1, nil, "boot counter"),
    field("event.number", "uint32", 4, 1, nil, "counts events of a boot from 0"),
    field("event.board_ms", "uint32", 4, 1, nil, "when [ms]"),
    field("event.kind", "uint8", 1, 1, names.EventKind, "what"),
    field("event.code", "uint8", 1, 1, nil, "depends on kind"),
    field("event.value", "uint32", 4, 1, nil, "depends on kind"),
}
layouts[0x32] = {
    field("pilot_trace.board_ms", "uint32", 4, 1, nil, "time of the first sample [ms]"),
    field("pilot_trace.period_ms", "uint8", 1, 1, nil, "time between pairs [ms]"),
    field("pilot_trace.samples_mv", "int16", 2, nil, nil, "high, low, high, low, .. [mV]"),
}
layouts[0x33] = {
    field("bus_response.tag", "uint8", 1, 1, nil, "echo"),
    field("bus_response.result", "uint8", 1, 1, names.BusResult, "outcome"),
    field("bus_response.data", "bytes", 1, nil, nil, "response with its CRC"),
}

local f_type = keep(ProtoField.uint8("evse.type", "type", base.HEX, messages))
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
