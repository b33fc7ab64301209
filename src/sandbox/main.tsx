/** Starts the sandbox page. */
import { render } from 'preact';
import { orTrouble } from './answering.js';
import { fireOnChange } from './firing.js';
import { begin, followAddress } from './opening.js';
import { Page } from './Page.js';

render(<Page />, document.getElementById('page') ?? document.body);
fireOnChange();
void orTrouble(begin);
addEventListener('hashchange', () => void orTrouble(followAddress));
