/** Links within the dashboard that look like texts, buttons and icons; where they lead is checked by the types. */

import { ActionIcon, type ActionIconProps, Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, Ref } from "react";

type Own<P> = P & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof P> & { ref?: Ref<HTMLAnchorElement> };

function TextAnchor(props: Own<AnchorProps>) {
  return <Anchor {...props} />;
}

function ButtonAnchor(props: Own<ButtonProps>) {
  return <Button component="a" {...props} />;
}

function IconAnchor(props: Own<ActionIconProps>) {
  return <ActionIcon component="a" {...props} />;
}

export const TextLink = createLink(TextAnchor);
export const ButtonLink = createLink(ButtonAnchor);
export const IconLink = createLink(IconAnchor);
