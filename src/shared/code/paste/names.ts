/** Names looked up: members of classes, what a class is made from, and torch's several names for one thing. */
import type { ClassValue, Value } from './values.ts';

/** A member of a class or of what it is made from. */
export function lookUp(definition: ClassValue, name: string): Value | undefined {
  const own = definition.members.get(name);
  if (own) return own;
  for (const base of definition.bases) {
    const found = base.kind === 'class' ? lookUp(base, name) : undefined;
    if (found) return found;
  }
  return undefined;
}

export function isModule(definition: ClassValue): boolean {
  return definition.bases.some(
    (base) =>
      (base.kind === 'class' && isModule(base)) ||
      (base.kind === 'path' && /^torch\.nn\.(Module|Sequential)$/.test(normalised(base.path))),
  );
}

export function extendsSequential(definition: ClassValue): boolean {
  return definition.bases.some(
    (base) =>
      (base.kind === 'class' && extendsSequential(base)) ||
      (base.kind === 'path' && normalised(base.path) === 'torch.nn.Sequential'),
  );
}

/** One name for what torch offers under several, and for scripts that leave out their imports. */
export function normalised(path: string): string {
  const full = path
    .replace(/^builtins\.nn\./, 'torch.nn.')
    .replace(/^builtins\.F\./, 'torch.nn.functional.')
    .replace(
      /^builtins\.(torch|torchvision|transforms|datasets|optim)\./,
      (_, name: string) =>
        ({
          torch: 'torch.',
          torchvision: 'torchvision.',
          transforms: 'torchvision.transforms.',
          datasets: 'torchvision.datasets.',
          optim: 'torch.optim.',
        })[name] as string,
    );
  return full
    .replace(/^torch\.nn\.modules\.\w+\./, 'torch.nn.')
    .replace(/^torchvision\.transforms\.(v2|transforms)\./, 'torchvision.transforms.')
    .replace(/^torch\.utils\.data\.(dataloader|dataset)\./, 'torch.utils.data.');
}

/** `F.relu`, `torch.cat`: as scripts write it. */
export function shortName(path: string): string {
  return path
    .replace(/^torch\.nn\.functional\./, 'F.')
    .replace(/^torch\.nn\./, 'nn.')
    .replace(/^builtins\./, '');
}
