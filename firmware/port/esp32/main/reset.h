/* port_reset_reason() and port_restart() are in reset.c; it takes over the framework's crashes as well. */
#ifndef EVSE_ESP32_RESET_H
#define EVSE_ESP32_RESET_H

/* Brown-outs open the contactors at once. */
void reset_init(void);

#endif
