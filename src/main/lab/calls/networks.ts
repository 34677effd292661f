/** Calls that create, save, version, delete and restore stored nets. */
import type { CallRequest } from '../../../shared/api/api.ts';
import type { NetworkBook } from '../networks/networkBook.ts';

export function networkCalls(book: NetworkBook) {
  return {
    'networks.list': () => book.list(),
    'networks.get': ({ id }: CallRequest<'networks.get'>) => book.detail(id),
    'networks.create': ({ network, writer }: CallRequest<'networks.create'>) => book.create(network, writer),
    'networks.save': ({ id, network, writer }: CallRequest<'networks.save'>) =>
      book.save(id, network, writer),
    'networks.saveVersion': ({ id, network, note, writer }: CallRequest<'networks.saveVersion'>) =>
      book.saveVersion(id, network, note, writer),
    'networks.rename': ({ id, name, writer }: CallRequest<'networks.rename'>) =>
      book.rename(id, name, writer),
    'networks.delete': ({ id, writer }: CallRequest<'networks.delete'>) => {
      book.delete(id, writer);
      return {};
    },
    'networks.restore': ({ id, writer }: CallRequest<'networks.restore'>) => book.restore(id, writer),
  };
}
