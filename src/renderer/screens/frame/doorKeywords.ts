/** Search terms by which the command palette finds a screen; a screen without any is found by its key. */
import type { Door } from '../../app/router.svelte.ts';

export const doorKeywords: Partial<Record<Door, string>> = {
  design: 'design net layers 设计 网络 层',
  train: 'train epochs batch size learning rate optimizer seed 训练 轮数 批大小 学习率 优化器 随机种子',
  runs: 'runs history filter tags 训练记录 筛选 标签',
  sweeps: 'sweeps sweep grid 参数搜索 网格',
  compare: 'compare quality speed memory 比较 对比 速度 内存',
  inspect: 'inspect feature maps filters draw saliency 可视化 特征图 卷积核 手写 反向传播',
  data: 'data sets import images classes histogram 数据 数据集 导入 图像 类别',
  settings: 'settings preferences language theme data folder 设置 语言 主题',
};
