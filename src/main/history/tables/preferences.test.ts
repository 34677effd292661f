import { expect, test } from 'vitest';
import { migrate } from '../migrations/index.ts';
import { preferencesTable } from './preferences.ts';
import { Database } from '../sqlite.ts';

test('values are JSON by key, the last one counts, and null is not kept as a word', () => {
  const db = new Database(':memory:');
  migrate(db);
  const preferences = preferencesTable(db);
  expect(preferences.all()).toEqual({});
  preferences.put('theme', 'dark');
  preferences.put('runs.columns', [{ id: 'name', width: 12 }, { id: 'loss' }]);
  preferences.put('theme', 'light');
  expect(preferences.all()).toEqual({
    theme: 'light',
    'runs.columns': [{ id: 'name', width: 12 }, { id: 'loss' }],
  });
  preferences.remove('theme');
  preferences.remove('theme');
  expect(Object.keys(preferences.all())).toEqual(['runs.columns']);
});
