"""Slots of the nonvolatile memory in flash sectors."""

from __future__ import annotations

from .library import load, new

FFI, LIB = load()

_SECTOR = 4096
_SLOTS = 4


def test_each_slot_has_a_sector_of_its_own() -> None:
    slots = [LIB.nv_map_slot(i) for i in range(_SLOTS)]
    assert [slot.address for slot in slots] == [i * _SECTOR for i in range(_SLOTS)]
    assert all(slot.length <= _SECTOR for slot in slots)


def test_the_slots_cover_all_that_the_core_keeps() -> None:
    slots = [LIB.nv_map_slot(i) for i in range(_SLOTS)]
    covered = [offset for slot in slots for offset in range(slot.offset, slot.offset + slot.length)]
    assert covered == list(range(FFI.sizeof("evse_nv_t")))


def test_every_job_of_the_core_has_its_slot() -> None:
    nv = new("evse_nv_t *")
    FFI.buffer(nv)[:] = b"\xff" * FFI.sizeof("evse_nv_t")
    board = new("evse_board_t *")
    LIB.board_describe(1, 7, 0, board)
    addresses = set()
    for boot in range(4):
        evse = new("evse_t *")
        LIB.evse_init(evse, board, nv, 1, 0)
        job = new("evse_nv_job_t *")
        while LIB.evse_nv_pending(evse, job):
            slot = new("nv_slot_t *")
            assert LIB.nv_map_job(job, slot), boot
            addresses.add(slot.address)
            FFI.buffer(nv)[slot.offset : slot.offset + slot.length] = FFI.buffer(job.bytes, slot.length)[:]
            LIB.evse_nv_written(evse, job)
    assert addresses == {2 * _SECTOR, 3 * _SECTOR}  # a boot writes the record, to each slot in turn


def test_a_part_of_a_slot_is_refused() -> None:
    first = LIB.nv_map_slot(0)
    slot = new("nv_slot_t *")
    for offset, length in ((first.offset, first.length - 1), (first.offset + 1, first.length), (0, 84)):
        job = new("evse_nv_job_t *", {"offset": offset, "length": length, "bytes": FFI.NULL})
        assert not LIB.nv_map_job(job, slot)
