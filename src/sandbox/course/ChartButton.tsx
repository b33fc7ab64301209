/** Something in the drawing that can be pressed: with a click, with Enter or with the space bar. */
import type { ComponentChildren } from 'preact';

interface Props {
  /** What it is, for who does not see it; also shown on hovering. */
  readonly label: string;
  readonly pressed: boolean;
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}

/** A button in SVG, which has none of its own. */
export function ChartButton({ label, pressed, onPress, children }: Props) {
  return (
    <g
      class="chart-button"
      role="button"
      // In SVG the name of the attribute is taken to the letter.
      tabindex={0}
      aria-pressed={pressed}
      // The drawing itself moves the day where it is touched; a button does not.
      onPointerDown={(event) => event.stopPropagation()}
      onClick={onPress}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onPress();
      }}
    >
      {/* Names the button, and shows on hovering; what is drawn stands in it, with more words. */}
      <title>{label}</title>
      <g aria-hidden="true">{children}</g>
    </g>
  );
}
