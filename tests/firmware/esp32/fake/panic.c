#include "panic.h"

void esp_panic_handler(void *info) { (void)info; }
