/**
 * How a training thread learns of a message while it is in a call of several steps. JavaScript shares two counters between
 * its threads, of the messages that a thread has been sent and of those that it has received; while they differ, the call
 * ends after its current step.
 */
#pragma once
#include "api.h"

namespace stride {

/** Whether the thread with that mailbox has messages that it has not received. No mailbox has the number 0. */
bool hasUnread(int32_t mailbox);

/** Gives JavaScript `openMailbox(counters)`, which returns the mailbox's number for an `Int32Array` of two shared counters. */
bool exportMailboxes(napi_env env, napi_value exports);

}  // namespace stride
