/** Starts the sandbox page. */
import { render } from 'preact';

render(<main>Plexus CDS</main>, document.getElementById('page') ?? document.body);
