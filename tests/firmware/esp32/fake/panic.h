/* In a file of its own, as in the framework: the linker's wrapping works between files only. */
#ifndef FAKE_PANIC_H
#define FAKE_PANIC_H

void esp_panic_handler(void *info);

#endif
