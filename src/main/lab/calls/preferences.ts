/** Calls for the user's preferences. A change is sent to all windows of this lab. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { History } from '../../history/open.ts';
import type { Events } from '../base/events.ts';

export function preferenceCalls(history: History, events: Events) {
  return {
    'preferences.get': (): CallReply<'preferences.get'> => history.preferences.all(),
    'preferences.set': ({ key, value }: CallRequest<'preferences.set'>): CallReply<'preferences.set'> => {
      if (value === null) history.preferences.remove(key);
      else history.preferences.put(key, value);
      events.emit('preferences.changed', { key, value });
      return {};
    },
  };
}
