import { at } from "./bytes.mjs";

at([], 0);
