/**
 * The part of Node-API that this library uses, as Node's `js_native_api.h` declares it; Node and Electron have these functions
 * in their programs. It is the same in all their versions, so their headers, which belong to one version, are not needed.
 * The functions are weak, because the linker does not see those programs.
 */
#pragma once
#include <cstddef>
#include <cstdint>

extern "C" {

typedef struct napi_env__* napi_env;
typedef struct napi_value__* napi_value;
typedef struct napi_callback_info__* napi_callback_info;
typedef napi_value (*napi_callback)(napi_env env, napi_callback_info info);

/** What functions return: 0 if all went well. */
typedef int napi_status;
/** The type of a typed array: 5 is `Int32Array`. */
typedef int napi_typedarray_type;

#define NODE_API __attribute__((weak)) napi_status

NODE_API napi_create_function(napi_env env, const char* name, size_t length, napi_callback callback, void* data,
                              napi_value* result);
NODE_API napi_set_named_property(napi_env env, napi_value object, const char* name, napi_value value);
NODE_API napi_get_cb_info(napi_env env, napi_callback_info info, size_t* count, napi_value* arguments,
                          napi_value* receiver, void** data);
NODE_API napi_is_typedarray(napi_env env, napi_value value, bool* result);
NODE_API napi_get_typedarray_info(napi_env env, napi_value array, napi_typedarray_type* type, size_t* length,
                                  void** data, napi_value* buffer, size_t* offset);
NODE_API napi_create_int32(napi_env env, int32_t value, napi_value* result);
NODE_API napi_throw_type_error(napi_env env, const char* code, const char* message);

#undef NODE_API
}
