#ifndef FRAMEWORK_ESP_ERR_H
#define FRAMEWORK_ESP_ERR_H

typedef int esp_err_t;
enum { ESP_OK = 0, ESP_FAIL = -1, ESP_ERR_NO_MEM = 0x101 };

#define ESP_ERROR_CHECK(call) fake_check((call), #call)
void fake_check(esp_err_t error, const char *call);

#endif
