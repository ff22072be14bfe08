"""The city to take along: everything that a device needs to answer as the server does, with the network off.

What the server's own rules say is worked out beforehand, by those rules, for every place where it may differ; the page
looks it up and draws it by the same template.  Only ways on foot are searched in the page.
"""
