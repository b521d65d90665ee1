// What the viewer chooses for the page itself: theme, language, the rate in the title; and the way out.

import { LogOut, Settings2 } from 'lucide-react';
import type { ReactElement } from 'react';
import { signOut } from '../api/http.ts';
import { chooseLanguage, useLanguage } from '../language/language.ts';
import { useMessages } from '../language/messages.ts';
import { chooseRateMode, useRateMode } from '../live/title-rate.ts';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuChoice, MenuItem, MenuLine } from '../ui/menu.tsx';
import { appMessages } from './messages.ts';
import { chooseTheme, useTheme } from './theme.ts';

/** The menu at the upper right. */
export function PageSettings(): ReactElement {
  const text = useMessages(appMessages);
  return (
    <Menu
      trigger={
        <IconButton label={text.account}>
          <Settings2 className="size-4.5" />
        </IconButton>
      }
    >
      <MenuChoice
        label={text.theme}
        value={useTheme()}
        options={[
          ['system', text.themeSystem],
          ['light', text.themeLight],
          ['dark', text.themeDark],
        ]}
        onChange={chooseTheme}
      />
      <MenuChoice
        label={text.language}
        value={useLanguage()}
        options={[
          ['en', 'English'],
          ['zh', '简体中文'],
        ]}
        onChange={chooseLanguage}
      />
      <MenuChoice
        label={text.titleRate}
        value={useRateMode()}
        options={[
          ['off', text.rateOff],
          ['combined', text.rateCombined],
          ['split', text.rateSplit],
          ['both', text.rateBoth],
        ]}
        onChange={chooseRateMode}
      />
      <MenuLine />
      <MenuItem onChoose={() => void signOut()}>
        <LogOut aria-hidden="true" className="size-4" />
        {text.signOut}
      </MenuItem>
    </Menu>
  );
}
