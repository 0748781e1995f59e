#ifndef FRAMEWORK_ESP_ATTR_H
#define FRAMEWORK_ESP_ATTR_H

#define IRAM_ATTR
#define FORCE_INLINE_ATTR static inline
#define RTC_NOINIT_ATTR __attribute__((section("rtc_noinit")))

#endif
