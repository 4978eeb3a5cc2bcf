/** The look: calm and dense; one accent, one colour a state, the system's own typefaces. */

import {
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
  Anchor,
  Button,
  Card,
  Table,
  Tooltip,
  createTheme,
  defaultVariantColorsResolver,
} from "@mantine/core";

const water: MantineColorsTuple = [
  "#e8f6fb",
  "#d3eaf2",
  "#a5d4e5",
  "#74bdd8",
  "#4daacd",
  "#349dc5",
  "#2497c2",
  "#1384ac",
  "#0b6585",
  "#004f6b",
];

/** The colour of a job's state, by the theme's names. */
export const STATE_COLOR: Record<string, string> = {
  scheduled: "cyan",
  queued: "indigo",
  blocked: "orange",
  running: "water",
  waiting: "grape",
  completed: "teal",
  failed: "red",
  cancelled: "gray",
};

/** Tinted parts (badges, alerts) with words that can be read: 4.5 to 1 in every colour, in both schemes. */
const tinted: VariantColorsResolver = (input) => {
  const found = defaultVariantColorsResolver(input);
  const name = input.color ?? input.theme.primaryColor;
  if (input.variant !== "light" || !(name in input.theme.colors)) return found;
  const shade = (index: number): string => `var(--mantine-color-${name}-${String(index)})`;
  return {
    ...found,
    background: `light-dark(${shade(name === "gray" ? 2 : 0)}, color-mix(in srgb, ${shade(8)} 24%, transparent))`,
    color: `light-dark(color-mix(in srgb, ${shade(9)} 75%, black), ${shade(2)})`,
  };
};

export const theme = createTheme({
  variantColorResolver: tinted,
  primaryColor: "water",
  primaryShade: { light: 8, dark: 8 },
  colors: { water },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: "sm",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.25rem", lineHeight: "1.3" },
      h2: { fontSize: "1rem", lineHeight: "1.35" },
      h3: { fontSize: "0.875rem", lineHeight: "1.4" },
    },
  },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Anchor: Anchor.extend({ defaultProps: { underline: "hover" } }),
    Button: Button.extend({ defaultProps: { size: "xs" } }),
    Card: Card.extend({ defaultProps: { withBorder: true, padding: "sm" } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6, horizontalSpacing: "sm", highlightOnHover: true } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true } }),
    Modal: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    // The page has one banner; the heads of dialogs are none.
    ModalHeader: { defaultProps: { role: "none" } },
    DrawerHeader: { defaultProps: { role: "none" } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Take this note away" } } },
    TextInput: { defaultProps: { size: "xs" } },
    PasswordInput: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    MultiSelect: { defaultProps: { size: "xs" } },
    SegmentedControl: { defaultProps: { size: "xs" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Switch: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Badge: { defaultProps: { variant: "light", radius: "sm", tt: "none" } },
  },
});

/** Quiet text dark enough to read (4.5 to 1 on every ground it stands on), in both schemes. */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#59616b",
    "--mantine-color-error": "#c22525",
    "--mantine-color-orange-text": "#b8430b",
    "--mantine-color-placeholder": "#6b737d",
  },
  dark: {
    "--mantine-color-dimmed": "#a9afb9",
    "--mantine-color-error": "#ff9d9d",
    "--mantine-color-placeholder": "#9aa0aa",
  },
});
