// What the editor of the file says.

import { messages } from '../../../language/messages.ts';

export const editorMessages = messages(
  {
    title: 'Text of the file',
    keysHint: 'Ctrl Space suggests, Ctrl F searches. Esc and then Tab leaves the editor.',
    secretsHint: 'Secrets are shown as numbers (••••1). A number that stays where it is keeps its secret.',
    editor: 'Configuration file, JSON with comments',
    checking: 'Checking …',
    fine: 'Valid',
    errors: (count: number) => (count === 1 ? '1 mistake' : `${count} mistakes`),
    warnings: (count: number) => (count === 1 ? '1 warning' : `${count} warnings`),
    notChecked: 'Could not be checked',
    findings: 'What the gateway finds',
    goTo: (line: number) => `Line ${line}`,
    failed: 'The file cannot be read',
  },
  {
    title: '文件文本',
    keysHint: 'Ctrl+空格显示建议，Ctrl+F 搜索。先按 Esc 再按 Tab 离开编辑器。',
    secretsHint: '密钥以编号显示（••••1）。编号保留在原处，密钥即保持不变。',
    editor: '配置文件，带注释的 JSON',
    checking: '正在检查…',
    fine: '有效',
    errors: (count: number) => `${count} 个错误`,
    warnings: (count: number) => `${count} 个警告`,
    notChecked: '无法检查',
    findings: '网关的检查结果',
    goTo: (line: number) => `第 ${line} 行`,
    failed: '无法读取文件',
  },
);
