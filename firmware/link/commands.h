/* One command: decode, check, hand to the core or to the port. */
#ifndef EVSE_COMMANDS_H
#define EVSE_COMMANDS_H

#include "link.h"

/* Executes the command in `frame` and fills `reply`, except for its `command`. */
void command_execute(link_t *link, evse_t *evse, const frame_t *frame, uint32_t now_ms, evse_msg_reply_t *reply);

#endif
