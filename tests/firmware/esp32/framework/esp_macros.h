#ifndef FRAMEWORK_ESP_MACROS_H
#define FRAMEWORK_ESP_MACROS_H

#define ESP_INFINITE_LOOP() fake_spin()
_Noreturn void fake_spin(void);

#endif
