import { Button, type ButtonProps } from "@mantine/core";
import type { MouseEventHandler, Ref } from "react";

import { useReach } from "./useReach";

type Props = ButtonProps & {
  onClick?: MouseEventHandler<HTMLButtonElement>;
  type?: "button" | "submit";
  ref?: Ref<HTMLButtonElement>;
};

/** A button that changes something on the server: it waits while the server can't be reached. */
export function ActButton({ disabled, ...rest }: Props) {
  const { isReachable } = useReach();
  return <Button disabled={disabled === true || !isReachable} {...rest} />;
}
