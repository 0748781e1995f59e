/* Control pilot and proximity circuits: what the board's inputs see. Pure functions. */
#ifndef SIM_PILOT_H
#define SIM_PILOT_H

#include "evse_sim.h"

#pragma GCC visibility push(default)
enum {
    SIM_SOURCE_OHM = 1000,  /* IEC 61851-1: source impedance of the control pilot generator */
    SIM_SOURCE_MV = 12000,  /* and its open-circuit level */
    SIM_USB_MV = 4600,      /* open-circuit level when USB alone supplies the board; there is no negative rail then */
    SIM_DIODE_MV = 700,     /* forward voltage of the car's diode */
    SIM_PP_SUPPLY_MV = 3300 /* through 1 kOhm */
};

/* Control pilot in mV while the source drives its high (`high` != 0) or low level. 0 if the CP relay is open. */
int32_t sim_pilot_mv(const evse_sim_world_t *world, int connected, int high);

/* Proximity input in mV; without a resistor the pull-up's supply. */
int32_t sim_proximity_mv(int32_t pp_ohm);
#pragma GCC visibility pop

#endif
