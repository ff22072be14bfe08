"""The two faces as Starlette applications, and all that is said in HTTP."""
