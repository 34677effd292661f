#include "mailbox.h"

#include <mutex>
#include <vector>

namespace stride {
namespace {

/** The counters of all mailboxes. A thread keeps its own for as long as it runs steps, so they are never taken away. */
std::vector<const int32_t*> mailboxes;
std::mutex mutex;

napi_value openMailbox(napi_env env, napi_callback_info info) {
  constexpr int int32Array = 5;
  size_t count = 1, length = 0;
  napi_value array = nullptr, number = nullptr;
  bool isArray = false;
  napi_typedarray_type type = -1;
  void* counters = nullptr;
  napi_get_cb_info(env, info, &count, &array, nullptr, nullptr);
  if (count == 1 && napi_is_typedarray(env, array, &isArray) == 0 && isArray)
    napi_get_typedarray_info(env, array, &type, &length, &counters, nullptr, nullptr);
  if (type != int32Array || length != 2) {
    napi_throw_type_error(env, nullptr, "a mailbox is an Int32Array of two counters");
    return nullptr;
  }
  const std::lock_guard<std::mutex> lock(mutex);
  mailboxes.push_back(static_cast<const int32_t*>(counters));
  napi_create_int32(env, static_cast<int32_t>(mailboxes.size()), &number);
  return number;
}

}  // namespace

bool hasUnread(int32_t mailbox) {
  if (mailbox < 1) return false;
  const int32_t* counters = nullptr;
  {
    const std::lock_guard<std::mutex> lock(mutex);
    if (static_cast<size_t>(mailbox) > mailboxes.size()) return false;
    counters = mailboxes[static_cast<size_t>(mailbox) - 1];
  }
  return __atomic_load_n(counters, __ATOMIC_ACQUIRE) != __atomic_load_n(counters + 1, __ATOMIC_ACQUIRE);
}

bool exportMailboxes(napi_env env, napi_value exports) {
  napi_value function = nullptr;
  return napi_create_function(env, "openMailbox", static_cast<size_t>(-1), openMailbox, nullptr, &function) == 0 &&
         napi_set_named_property(env, exports, "openMailbox", function) == 0;
}

}  // namespace stride
