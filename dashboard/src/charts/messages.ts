// What charts say beside their values.

import { messages } from '../language/messages.ts';

export const chartMessages = messages(
  {
    legend: 'Series',
    showTable: 'As a table',
    hideTable: 'Hide the table',
    total: 'Total',
    time: 'Time',
    chartOf: (label: string) => `${label}, over time`,
    keys: 'Arrow keys move from bucket to bucket. With Shift they select a stretch; Enter shows it alone, Escape lets it go.',
    keysPlain: 'Arrow keys move from bucket to bucket.',
    selected: (stretch: string) => `selected: ${stretch}`,
  },
  {
    legend: '系列',
    showTable: '以表格显示',
    hideTable: '隐藏表格',
    total: '合计',
    time: '时间',
    chartOf: (label: string) => `${label}随时间的变化`,
    keys: '用方向键在时间段之间移动；按住 Shift 可选择一段，回车键放大，Esc 键取消。',
    keysPlain: '用方向键在时间段之间移动。',
    selected: (stretch: string) => `已选择：${stretch}`,
  },
);
