/** The actions of every screen: links to the screens, appearance, help. */
import { m } from '../../paraglide/messages.js';
import type { Action } from '../../app/actions.svelte.ts';
import type { AppState } from '../../app/app.svelte.ts';
import { type Door, doors, hrefOf } from '../../app/router.svelte.ts';
import { doorKeywords } from './doorKeywords.ts';

const doorKeys = {
  design: 'g d',
  train: 'g t',
  runs: 'g r',
  sweeps: 'g w',
  compare: 'g v',
  inspect: 'g i',
  data: 'g a',
  settings: 'g s',
} as const;
const doorTitles: Record<Door, () => string> = {
  design: m.nav_design,
  train: m.nav_train,
  runs: m.nav_runs,
  compare: m.nav_compare,
  sweeps: m.nav_sweeps,
  inspect: m.nav_inspect,
  data: m.nav_data,
  settings: m.nav_settings,
};

export function frameActions(app: AppState): Action[] {
  const { frame, router, theme, locale, notices } = app;
  return [
    ...doors.map((door): Action => ({
      id: `go.${door}`,
      group: 'go',
      title: () => m.action_go({ screen: doorTitles[door]() }),
      keywords: () => doorKeywords[door] ?? door,
      keys: doorKeys[door],
      run: () => {
        globalThis.location.hash = router.doorHref(door);
      },
    })),
    {
      id: 'models.import',
      group: 'runs',
      title: m.models_import,
      keywords: () => 'import weights model state_dict safetensors onnx pt',
      run: () => {
        app.models.openImport();
      },
    },
    {
      id: 'go.welcome',
      group: 'help',
      title: m.action_welcome,
      keywords: () => 'welcome first start',
      run: () => {
        globalThis.location.hash = hrefOf({ view: 'welcome' });
      },
    },
    {
      id: 'help.tour',
      group: 'help',
      title: m.action_tour,
      keywords: () => 'tour help introduction',
      run: () => {
        app.tour.start();
      },
    },
    ...(['light', 'dark', 'system'] as const).map((choice): Action => ({
      id: `theme.${choice}`,
      group: 'look',
      title: { light: m.action_theme_light, dark: m.action_theme_dark, system: m.action_theme_system }[
        choice
      ],
      keywords: () => `theme ${choice}`,
      available: () => theme.choice !== choice,
      run: () => {
        theme.choose(choice);
      },
    })),
    ...(
      [
        ['en', 'English'],
        ['zh-CN', '简体中文'],
      ] as const
    ).map(([choice, name]): Action => ({
      id: `language.${choice}`,
      group: 'look',
      title: () => m.action_language({ language: name }),
      keywords: () => 'language 语言 English Chinese 中文 英文',
      available: () => locale.current !== choice,
      run: () => {
        locale.choose(choice);
      },
    })),
    {
      id: 'frame.palette',
      group: 'help',
      title: m.palette_open,
      keys: '$mod+k',
      inFields: true,
      keysOnly: true,
      run: () => {
        frame.showPalette(!frame.palette);
      },
    },
    {
      id: 'frame.keys',
      group: 'help',
      title: m.action_keys,
      keywords: () => 'shortcuts keyboard help',
      keys: '[Shift]+?',
      run: () => {
        frame.keys = true;
      },
    },
    {
      id: 'frame.undo',
      group: 'help',
      title: m.action_undo_notice,
      keys: '$mod+z',
      available: () => notices.list.some(({ undo }) => undo !== undefined),
      run: () => {
        notices.undoLast();
      },
    },
  ];
}
