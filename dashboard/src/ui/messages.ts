// What the common parts of the page say.

import { messages } from '../language/messages.ts';

export const uiMessages = messages(
  {
    close: 'Close',
    copy: 'Copy',
    copied: 'Copied',
    cancel: 'Cancel',
    tryAgain: 'Try again',
    loading: 'Loading…',
    failed: 'This could not be loaded',
    unreachable: 'The gateway does not answer. It is asked again every few seconds.',
    notAvailable: 'This gateway runs without this part.',
    sortBy: (name: string) => `Sort by ${name}`,
    more: 'More',
  },
  {
    close: '关闭',
    copy: '复制',
    copied: '已复制',
    cancel: '取消',
    tryAgain: '重试',
    loading: '加载中…',
    failed: '无法加载',
    unreachable: '网关没有响应，每隔几秒会重新尝试。',
    notAvailable: '当前运行的网关未包含此功能。',
    sortBy: (name: string) => `按${name}排序`,
    more: '更多',
  },
);
