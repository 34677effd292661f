/** Torch has several names for one thing, and scripts may leave out their imports. */

const assumed: Readonly<Record<string, string>> = {
  torch: 'torch.',
  torchvision: 'torchvision.',
  transforms: 'torchvision.transforms.',
  datasets: 'torchvision.datasets.',
  optim: 'torch.optim.',
  nn: 'torch.nn.',
  F: 'torch.nn.functional.',
  lr_scheduler: 'torch.optim.lr_scheduler.',
  argparse: 'argparse.',
  math: 'math.',
  np: 'numpy.',
  copy: 'copy.',
  os: 'os.',
  json: 'json.',
  functools: 'functools.',
  itertools: 'itertools.',
  collections: 'collections.',
};

const bare: Readonly<Record<string, string>> = {
  DataLoader: 'torch.utils.data.DataLoader',
  random_split: 'torch.utils.data.random_split',
  OrderedDict: 'collections.OrderedDict',
  summary: 'torchsummary.summary',
  tqdm: 'tqdm.tqdm',
  trange: 'tqdm.trange',
  partial: 'functools.partial',
  reduce: 'functools.reduce',
  deepcopy: 'copy.deepcopy',
};

export function normalised(path: string): string {
  const full = path
    .replace(/^builtins\.(\w+)\./, (match, name: string) => assumed[name] ?? match)
    .replace(/^builtins\.(\w+)$/, (match, name: string) => bare[name] ?? match);
  return full
    .replace(/^torch\.nn\.modules\.\w+\./, 'torch.nn.')
    .replace(/^torch\.nn\.(Module|parallel)\./, 'torch.nn.$1.')
    .replace(/^torchvision\.transforms\.(v2|transforms)\./, 'torchvision.transforms.')
    .replace(/^torchvision\.datasets\.mnist\./, 'torchvision.datasets.')
    .replace(/^torch\.optim\.(sgd|adam|adamw|rmsprop|adagrad)\.(?=[A-Z])/, 'torch.optim.')
    .replace(/^torch\.utils\.data\.(dataloader|dataset|sampler)\./, 'torch.utils.data.');
}

/** Returns a name as scripts write it: `F.relu`, `torch.cat`. */
export function shortName(path: string): string {
  return path
    .replace(/^torch\.nn\.functional\./, 'F.')
    .replace(/^torch\.nn\./, 'nn.')
    .replace(/^builtins\./, '');
}
