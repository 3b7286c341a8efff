def child_choices(*, subject, actor):
    return [("ann", "Ann"), ("bo", "Bo")]
