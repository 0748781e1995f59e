#include "guard_esp32.h"

portMUX_TYPE guard_lock = portMUX_INITIALIZER_UNLOCKED;
