/** Pictures of the list of sweeps and of one sweep's results: two learning rates, two batch sizes, two seeds. */
import { type Host } from '../../test/e2e/host.ts';
import { inTerminal } from '../../test/e2e/terminal.ts';
import { type Studio } from './studio.ts';

export async function sweeps(studio: Studio, host: Host): Promise<void> {
  const values = ['--set', 'optimizer.learningRate=0.01,0.1', '--set', 'batchSize=256,512', '--seeds', '0,1'];
  await inTerminal(host, 'sweep', 'course', ...values, '--epochs', '1', '--json');
  await studio.go('#/sweeps');
  await studio.each(({ page }) => page.locator('main a[href="#/sweeps/1"]').waitFor());
  await studio.shoot('sweeps');
  await studio.go('#/sweeps/1');
  await studio.each(({ page, say }) =>
    page
      .getByRole('table', { name: say('sweep_heat_map') })
      .locator('.cell')
      .nth(3)
      .waitFor(),
  );
  await studio.shoot('sweep', true);
}
