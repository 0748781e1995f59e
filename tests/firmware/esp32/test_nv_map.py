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


def test_a_job_for_a_whole_slot_finds_it() -> None:
    for i in range(_SLOTS):
        expected = LIB.nv_map_slot(i)
        slot = new("nv_slot_t *")
        assert LIB.nv_map_job(new("evse_nv_job_t *", {"offset": expected.offset, "length": expected.length}), slot)
        assert slot.address == expected.address


def test_a_part_of_a_slot_is_refused() -> None:
    first = LIB.nv_map_slot(0)
    slot = new("nv_slot_t *")
    for offset, length in ((first.offset, first.length - 1), (first.offset + 1, first.length), (0, 84)):
        job = new("evse_nv_job_t *", {"offset": offset, "length": length, "bytes": FFI.NULL})
        assert not LIB.nv_map_job(job, slot)
