import { render } from 'preact';
import { App } from './ui/app.js';
import { applyTheme, readTheme } from './ui/theme.js';

applyTheme(readTheme());
render(<App />, document.getElementById('app')!);
