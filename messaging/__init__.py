"""Text messages by address and template: who wants to say something registers a template and calls `send_sms`.

    templates.register("policies_issued", _("Paid: %(amount)s yuan …"), lane=Lane.NOTICES)     in AppConfig.ready
    send_sms(phone=…, template="policies_issued", params={…}, key="policies-issued:HMB-1", now=now)

The message is written in the caller's transaction and delivered by its lane's workers after the commit, once.
"""
